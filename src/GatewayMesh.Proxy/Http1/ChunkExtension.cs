namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads and discards the extensions of a chunk (RFC 9112 §7.1.1): names, and values that are tokens or quoted strings. Up to 256 bytes for
/// each chunk.
/// </summary>
internal struct ChunkExtension
{
    private const int MostBytes = 256;

    private Phase _phase;
    private int _count;

    /// <summary>True where the line may end.</summary>
    public readonly bool MayEnd => _phase is Phase.Name or Phase.Value or Phase.AfterQuotes;

    /// <summary>Reads a byte behind the chunk size.</summary>
    public MessageFault Read(byte b)
    {
        if (++_count > MostBytes)
        {
            return MessageFault.ChunkExtensionTooLong;
        }

        var next = Next(b);
        if (next == Phase.Broken)
        {
            return b == '\n' ? MessageFault.BareLineFeed : MessageFault.ChunkExtension;
        }

        _phase = next;
        return MessageFault.None;
    }

    private readonly Phase Next(byte b) => _phase switch
    {
        Phase.Quotes => b switch
        {
            (byte)'"' => Phase.AfterQuotes,
            (byte)'\\' => Phase.Escape,
            _ => IsText(b) ? Phase.Quotes : Phase.Broken,
        },
        Phase.Escape => IsText(b) ? Phase.Quotes : Phase.Broken,
        _ => b switch
        {
            (byte)';' => _phase is Phase.BeforeName or Phase.BeforeValue ? Phase.Broken : Phase.BeforeName,
            (byte)'=' => _phase is Phase.Name or Phase.AfterName ? Phase.BeforeValue : Phase.Broken,
            (byte)'"' => _phase is Phase.BeforeValue ? Phase.Quotes : Phase.Broken,
            (byte)' ' or (byte)'\t' => AfterBlank(),
            _ when Octets.Token.Contains(b) => AfterToken(),
            _ => Phase.Broken,
        },
    };

    private readonly Phase AfterBlank() => _phase switch
    {
        Phase.Name => Phase.AfterName,
        Phase.Value or Phase.AfterQuotes => Phase.Start,
        _ => _phase,
    };

    private readonly Phase AfterToken() => _phase switch
    {
        Phase.BeforeName or Phase.Name => Phase.Name,
        Phase.BeforeValue or Phase.Value => Phase.Value,
        _ => Phase.Broken,
    };

    private static bool IsText(byte b) => b is (byte)'\t' or (>= 0x20 and not 0x7F);

    private enum Phase
    {
        Start, // before a semicolon
        BeforeName,
        Name,
        AfterName,
        BeforeValue,
        Value,
        Quotes,
        Escape,
        AfterQuotes,
        Broken,
    }
}
