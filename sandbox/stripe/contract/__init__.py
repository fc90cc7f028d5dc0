"""The SDK's generated types, read as a contract for requests, responses and events."""

from sandbox.stripe.contract.incoming import check_request
from sandbox.stripe.contract.operations import Operation, find_operation, operations
from sandbox.stripe.contract.outgoing import check_event, check_object, check_response
from sandbox.stripe.contract.problem import Problem

__all__ = [
    "Operation",
    "Problem",
    "check_event",
    "check_object",
    "check_request",
    "check_response",
    "find_operation",
    "operations",
]
