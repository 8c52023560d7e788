"""The PBX client: at the wire with `responses`, in trouble with real sockets."""
