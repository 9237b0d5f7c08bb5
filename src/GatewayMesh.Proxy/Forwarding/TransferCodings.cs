namespace GatewayMesh.Proxy.Forwarding;

/// <summary>The members of <c>Transfer-Encoding</c> (RFC 9112 §6.1).</summary>
internal static class TransferCodings
{
    /// <summary>True if the lines name <c>chunked</c> once and no other coding. Empty members are ignored (RFC 9110 §5.6.1).</summary>
    public static bool AreChunkedAlone<TLines>(TLines lines)
        where TLines : IEnumerable<string?>
    {
        var chunked = 0;
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var coding = line.AsSpan(part).Trim();
                if (coding.IsEmpty)
                {
                    continue;
                }

                if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) || ++chunked > 1)
                {
                    return false;
                }
            }
        }

        return chunked == 1;
    }
}
