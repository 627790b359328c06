"""What ties give: who buys at a company, who can introduce whom, and what the user and a contact share."""
