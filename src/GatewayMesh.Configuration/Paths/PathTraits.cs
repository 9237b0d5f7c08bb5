namespace GatewayMesh.Configuration.Paths;

/// <summary>Properties of a path that applications read differently.</summary>
[Flags]
internal enum PathTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Escapes.</summary>
    Escapes = 1,

    /// <summary>Escapes of escapes.</summary>
    Twice = 1 << 1,

    /// <summary>Sequences that only lenient readers decode.</summary>
    Lenient = 1 << 2,

    /// <summary>Backslashes.</summary>
    Backslashes = 1 << 3,

    /// <summary>Semicolons.</summary>
    Parameters = 1 << 4,

    /// <summary>A NUL, question mark, or number sign, escaped or not.</summary>
    Ends = 1 << 5,

    /// <summary>Spaces, control characters, or dots at the end of segments.</summary>
    Trims = 1 << 6,

    /// <summary>An unescaped number sign.</summary>
    Fragments = 1 << 7,

    /// <summary>Possible dot segments or empty segments.</summary>
    Segments = 1 << 8,

    /// <summary>All traits that concern only decoding. A rule may have them where a path does not.</summary>
    Decoding = Escapes | Twice | Lenient | Backslashes,

    /// <summary>Rare traits. Legitimate paths have one or two of them.</summary>
    Rare = Twice | Lenient | Backslashes | Parameters | Ends | Trims,
}
