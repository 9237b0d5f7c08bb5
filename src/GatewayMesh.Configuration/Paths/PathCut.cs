namespace GatewayMesh.Configuration.Paths;

/// <summary>When an application cuts <c>;parameters</c> off the segments of a path.</summary>
internal enum PathCut
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before it decodes, as servlets do.</summary>
    BeforeDecoding,

    /// <summary>Afterwards, so that <c>%3b</c> begins them too.</summary>
    AfterDecoding,
}
