"""The mechanisms of the regional reorganisation of innovation elements, as models."""

from netinnov.mechanisms import cobweb, free_flow

__all__ = ["cobweb", "free_flow"]
