namespace GatewayMesh.Configuration.Paths;

/// <summary>How an application decodes a path.</summary>
internal enum PathDecoding
{
    /// <summary>Segment by segment, once: an escaped slash is part of a segment.</summary>
    Apart,

    /// <summary>Once, before anything else.</summary>
    Once,

    /// <summary>Twice, behind another server that has decoded already.</summary>
    Twice,

    /// <summary>Until nothing is left.</summary>
    All,

    /// <summary>As old and careless readers do, <see cref="LenientEncoding"/>.</summary>
    Lenient,
}
