namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>Kind of a record of the key log.</summary>
internal enum KeyRecordKind : byte
{
    /// <summary>No record: bytes that were never written.</summary>
    None,

    /// <summary>A request with the key is about to be forwarded.</summary>
    Begun,

    /// <summary>The request has a response, which is the payload.</summary>
    Answered,

    /// <summary>The request has a response that is not kept.</summary>
    NotKept,

    /// <summary>The outcome of the request is unknown.</summary>
    Unknown,

    /// <summary>Nothing was forwarded: the key is free.</summary>
    Freed,

    /// <summary>The next segment continues the log.</summary>
    Continued,
}
