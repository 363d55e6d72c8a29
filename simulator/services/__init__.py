"""The services as clients see them: messages in, messages or statuses out, whatever the transport."""
