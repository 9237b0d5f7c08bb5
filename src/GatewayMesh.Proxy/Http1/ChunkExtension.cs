namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads and discards the extensions of chunks (RFC 9112 §7.1.1): names, and values that are tokens or quoted strings. Up to 256 bytes in a
/// row: each byte of content makes room for one of an extension, so that small chunks with long extensions do not pass.
/// </summary>
internal struct ChunkExtension
{
    private const int MaxBytes = 256;

    private ChunkExtensionPhase _phase;
    private int _count;

    /// <summary>True where the line may end.</summary>
    public readonly bool MayEnd => _phase is ChunkExtensionPhase.Name or ChunkExtensionPhase.Value or ChunkExtensionPhase.AfterQuotes;

    /// <summary>Starts the extensions of the next chunk.</summary>
    public void Start() => _phase = ChunkExtensionPhase.Start;

    /// <summary>Records content of a chunk.</summary>
    public void Pass(int content) => _count = Math.Max(0, _count - content);

    /// <summary>Reads a byte behind the chunk size.</summary>
    public MessageFault Read(byte b)
    {
        if (++_count > MaxBytes)
        {
            return MessageFault.ChunkExtensionTooLong;
        }

        var next = Next(b);
        if (next == ChunkExtensionPhase.Broken)
        {
            return b == '\n' ? MessageFault.BareLineFeed : MessageFault.ChunkExtension;
        }

        _phase = next;
        return MessageFault.None;
    }

    private readonly ChunkExtensionPhase Next(byte b) => _phase switch
    {
        ChunkExtensionPhase.Quotes => b switch
        {
            (byte)'"' => ChunkExtensionPhase.AfterQuotes,
            (byte)'\\' => ChunkExtensionPhase.Escape,
            _ => IsText(b) ? ChunkExtensionPhase.Quotes : ChunkExtensionPhase.Broken,
        },
        ChunkExtensionPhase.Escape => IsText(b) ? ChunkExtensionPhase.Quotes : ChunkExtensionPhase.Broken,
        _ => b switch
        {
            (byte)';' => _phase is ChunkExtensionPhase.BeforeName or ChunkExtensionPhase.BeforeValue
                ? ChunkExtensionPhase.Broken
                : ChunkExtensionPhase.BeforeName,
            (byte)'=' => _phase is ChunkExtensionPhase.Name or ChunkExtensionPhase.AfterName
                ? ChunkExtensionPhase.BeforeValue
                : ChunkExtensionPhase.Broken,
            (byte)'"' => _phase is ChunkExtensionPhase.BeforeValue ? ChunkExtensionPhase.Quotes : ChunkExtensionPhase.Broken,
            (byte)' ' or (byte)'\t' => AfterBlank(),
            _ when Octets.Token.Contains(b) => AfterToken(),
            _ => ChunkExtensionPhase.Broken,
        },
    };

    private readonly ChunkExtensionPhase AfterBlank() => _phase switch
    {
        ChunkExtensionPhase.Name => ChunkExtensionPhase.AfterName,
        ChunkExtensionPhase.Value or ChunkExtensionPhase.AfterQuotes => ChunkExtensionPhase.Start,
        _ => _phase,
    };

    private readonly ChunkExtensionPhase AfterToken() => _phase switch
    {
        ChunkExtensionPhase.BeforeName or ChunkExtensionPhase.Name => ChunkExtensionPhase.Name,
        ChunkExtensionPhase.BeforeValue or ChunkExtensionPhase.Value => ChunkExtensionPhase.Value,
        _ => ChunkExtensionPhase.Broken,
    };

    private static bool IsText(byte b) => b is (byte)'\t' or (>= 0x20 and not 0x7F);

    private enum ChunkExtensionPhase
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
