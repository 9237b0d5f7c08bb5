namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>
/// Bytes that arrive in pieces, as a connection's buffer shows them to a reader: from what is not consumed to what has arrived.
/// </summary>
internal ref struct Feed(ReadOnlySpan<byte> input, int first)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private int _end = Math.Min(first, input.Length);

    /// <summary>Number of bytes that each further piece has. Default: all.</summary>
    public int Step { get; init; } = int.MaxValue;

    /// <summary>Bytes consumed.</summary>
    public int At { get; private set; }

    public readonly ReadOnlySpan<byte> Received => _input[At.._end];

    public void Consume(int count) => At += count;

    /// <summary>Lets the next piece arrive. Returns false if there is none.</summary>
    public bool TryMore()
    {
        if (_end == _input.Length)
        {
            return false;
        }

        _end = (int)Math.Min((long)_end + Step, _input.Length);
        return true;
    }
}
