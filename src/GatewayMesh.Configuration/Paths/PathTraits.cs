namespace GatewayMesh.Configuration.Paths;

/// <summary>What about a path is read differently by applications.</summary>
[Flags]
internal enum PathTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has escapes.</summary>
    Escapes = 1,

    /// <summary>It has escapes of escapes.</summary>
    Twice = 1 << 1,

    /// <summary>It has what only lenient readers decode.</summary>
    Lenient = 1 << 2,

    /// <summary>It has backslashes.</summary>
    Backslashes = 1 << 3,

    /// <summary>It has semicolons.</summary>
    Parameters = 1 << 4,

    /// <summary>It has a NUL, a question mark or a number sign, escaped or not.</summary>
    Ends = 1 << 5,

    /// <summary>It has blanks, control characters or dots at the end of segments.</summary>
    Trims = 1 << 6,

    /// <summary>It has a number sign that is not escaped.</summary>
    Fragments = 1 << 7,

    /// <summary>Dot segments or empty ones are possible.</summary>
    Segments = 1 << 8,

    /// <summary>All that concerns decoding alone. A rule may have it where a path has not.</summary>
    Decoding = Escapes | Twice | Lenient | Backslashes,

    /// <summary>Rare ones. Honest paths have one or two of them.</summary>
    Rare = Twice | Lenient | Backslashes | Parameters | Ends | Trims,
}
