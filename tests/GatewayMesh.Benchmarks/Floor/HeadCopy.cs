namespace GatewayMesh.Benchmarks.Floor;

/// <summary>
/// The least that a hop does with a head: finds its end, its fields, and its length, and copies it without hop-by-hop fields and with one
/// field of its own. No checks: this measures transport, not reading.
/// </summary>
internal static class HeadCopy
{
    private static ReadOnlySpan<byte> Own => "x-hop: 1\r\n\r\n"u8;

    /// <summary>Copies a head; 0 if it is not complete.</summary>
    /// <param name="from">Received bytes.</param>
    /// <param name="into">Buffer for the new head.</param>
    /// <param name="consumed">Length of the received head.</param>
    /// <param name="body">Length of the body.</param>
    /// <returns>Length of the new head.</returns>
    public static int Copy(ReadOnlySpan<byte> from, Span<byte> into, out int consumed, out long body)
    {
        (consumed, body) = (0, 0);
        var written = 0;
        for (var first = true; ; first = false)
        {
            var end = from[consumed..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return 0;
            }

            var line = from.Slice(consumed, end + 1);
            consumed += end + 1;
            if (line.Length == 2)
            {
                Own.CopyTo(into[written..]);
                return written + Own.Length;
            }

            if (!first)
            {
                var colon = line.IndexOf((byte)':');
                var name = line[..colon];
                if (colon == 10 && Ascii(name, "connection"u8))
                {
                    continue;
                }

                if (colon == 14 && Ascii(name, "content-length"u8))
                {
                    foreach (var digit in line[15..].Trim(" \r\n"u8))
                    {
                        body = (body * 10) + digit - '0';
                    }
                }
            }

            line.CopyTo(into[written..]);
            written += line.Length;
        }
    }

    private static bool Ascii(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted) =>
        System.Text.Ascii.EqualsIgnoreCase(name, wanted);
}
