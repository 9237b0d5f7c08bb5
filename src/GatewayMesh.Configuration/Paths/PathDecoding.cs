namespace GatewayMesh.Configuration.Paths;

/// <summary>Path decoding of an application.</summary>
internal enum PathDecoding
{
    /// <summary>Segment by segment, once: an escaped slash is part of a segment.</summary>
    Apart,

    /// <summary>Once, before anything else.</summary>
    Once,

    /// <summary>Twice, behind another server that has decoded already.</summary>
    Twice,

    /// <summary>Until nothing is left to decode.</summary>
    All,

    /// <summary>As old and lenient readers do; see <see cref="LenientEncoding"/>.</summary>
    Lenient,
}
