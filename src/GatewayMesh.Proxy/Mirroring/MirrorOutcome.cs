namespace GatewayMesh.Proxy.Mirroring;

/// <summary>Outcome of a copy, or the reason why there is none. Also label values of <c>gatewaymesh_mirrored_total</c>.</summary>
internal enum MirrorOutcome
{
    /// <summary>A response arrived, and was dropped.</summary>
    Answered,

    /// <summary>No response: no connection, a reset, or not in time.</summary>
    Failed,

    /// <summary>No copy: <c>mirror.maxConcurrent</c> copies are in flight.</summary>
    Limited,

    /// <summary>No copy: the body is larger than <c>mirror.maxBodySize</c>.</summary>
    TooLarge,

    /// <summary>No copy: the original ended before its body had arrived.</summary>
    Incomplete,

    /// <summary>No copy: the service has no instance, or its instances are not known yet.</summary>
    NoInstance,

    /// <summary>No copy: the caller may not call the service.</summary>
    Denied,

    /// <summary>No copy: the request asks for another protocol, or cannot be written for the instance.</summary>
    Unsuitable,
}
