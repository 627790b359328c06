"""From a source to stored posts: a Scrapy project."""
