namespace GatewayMesh.Proxy.Http1;

/// <summary>Result of looking for a line.</summary>
internal enum LineOutcome
{
    /// <summary>The line is incomplete.</summary>
    NeedMore,

    /// <summary>The line is complete.</summary>
    Line,

    /// <summary>The line is over its limit.</summary>
    TooLong,

    /// <summary>LF without CR.</summary>
    BareLineFeed,

    /// <summary>CR without LF.</summary>
    BareCarriageReturn,

    /// <summary>Another control character.</summary>
    ControlCharacter,
}
