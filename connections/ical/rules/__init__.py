"""RRULEs (RFC 5545 3.3.10): the times of each rule, or those that a broken rule may mean."""
