"""The reader that asks a model: conversation, transport, what servers differ in, feedback."""
