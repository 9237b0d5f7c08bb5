namespace GatewayMesh.Client.Routes;

/// <summary>What became of one question whether the other side lives.</summary>
internal enum TargetProbeResult
{
    /// <summary>The data path answered 200.</summary>
    Live,

    /// <summary>Something else came, such as an end of the connection: not well, but no silence either.</summary>
    Answered,

    /// <summary>Nobody accepts connections.</summary>
    Refused,

    /// <summary>Nothing came in time.</summary>
    Silent,
}
