namespace GatewayMesh.Proxy.Http1;

/// <summary>Limits of a head or a trailer section.</summary>
/// <param name="Line">Bytes of the first line with CRLF.</param>
/// <param name="Fields">Number of field lines.</param>
/// <param name="Bytes">Bytes of all field lines with CRLF.</param>
internal readonly record struct HeadLimits(int Line, int Fields, int Bytes)
{
    /// <summary>Defaults of requests: 8 KiB, 100 fields, 32 KiB. A listener's are in <c>limits</c>.</summary>
    public static HeadLimits Request => new(8 * 1024, 100, 32 * 1024);

    /// <summary>Limits of responses: 64 KiB in all.</summary>
    public static HeadLimits Response => new(64 * 1024, 1000, 64 * 1024);
}
