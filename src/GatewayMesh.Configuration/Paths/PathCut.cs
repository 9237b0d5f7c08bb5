namespace GatewayMesh.Configuration.Paths;

/// <summary>Time at which an application strips <c>;parameters</c> from path segments.</summary>
internal enum PathCut
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before decoding, as servlets do.</summary>
    BeforeDecoding,

    /// <summary>After decoding, so that <c>%3b</c> also starts parameters.</summary>
    AfterDecoding,
}
