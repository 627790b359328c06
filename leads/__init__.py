"""From a match to a lead, and on to the CRM."""
