namespace GatewayMesh.Proxy.Idempotency;

/// <summary>State of a key.</summary>
internal enum KeyState
{
    /// <summary>The key is free, and now belongs to the request that asked.</summary>
    Claimed,

    /// <summary>Another request with the key is running.</summary>
    Running,

    /// <summary>A request with the key has run, and its response is kept.</summary>
    Answered,

    /// <summary>A request with the key has run, but its response is not kept: it was too large, or is no longer readable.</summary>
    NotKept,

    /// <summary>A request with the key was forwarded, and its outcome is unknown.</summary>
    Unknown,

    /// <summary>The store cannot be read or written.</summary>
    Unavailable,
}
