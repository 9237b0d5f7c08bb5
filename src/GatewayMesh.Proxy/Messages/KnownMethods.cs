namespace GatewayMesh.Proxy.Messages;

/// <summary>Strings of the usual methods.</summary>
internal static class KnownMethods
{
    /// <summary>Returns the method if it is a usual one; otherwise null. Case-sensitive (RFC 9110 §9.1).</summary>
    public static string? Find(ReadOnlySpan<byte> method) => method switch
    {
        _ when method.SequenceEqual("GET"u8) => "GET",
        _ when method.SequenceEqual("POST"u8) => "POST",
        _ when method.SequenceEqual("PUT"u8) => "PUT",
        _ when method.SequenceEqual("HEAD"u8) => "HEAD",
        _ when method.SequenceEqual("DELETE"u8) => "DELETE",
        _ when method.SequenceEqual("PATCH"u8) => "PATCH",
        _ when method.SequenceEqual("OPTIONS"u8) => "OPTIONS",
        _ when method.SequenceEqual("TRACE"u8) => "TRACE",
        _ when method.SequenceEqual("QUERY"u8) => "QUERY",
        _ => null,
    };
}
