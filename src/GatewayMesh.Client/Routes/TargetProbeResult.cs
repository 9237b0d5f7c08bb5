namespace GatewayMesh.Client.Routes;

/// <summary>The result of one probe.</summary>
internal enum TargetProbeResult
{
    /// <summary>The data path answered 200.</summary>
    Live,

    /// <summary>Another answer, such as a closed connection: unhealthy, but not silent.</summary>
    Answered,

    /// <summary>The connection was refused.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    Silent,
}
