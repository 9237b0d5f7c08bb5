namespace GatewayMesh.Proxy.Loops;

/// <summary>Bytes in two places that are written as one sequence, such as a head and the content behind it.</summary>
/// <param name="first">First part.</param>
/// <param name="second">Second part.</param>
internal struct TwoParts(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
{
    /// <summary>Unwritten rest of the first part.</summary>
    public ReadOnlyMemory<byte> First { get; private set; } = first;

    /// <summary>Unwritten rest of the second part.</summary>
    public ReadOnlyMemory<byte> Second { get; private set; } = second;

    /// <summary>Number of unwritten bytes.</summary>
    public readonly int Length => First.Length + Second.Length;

    /// <summary>True if all bytes are written.</summary>
    public readonly bool IsEmpty => Length == 0;

    /// <summary>Removes written bytes, those of the first part before those of the second.</summary>
    public void Skip(int bytes)
    {
        var ofFirst = Math.Min(bytes, First.Length);
        (First, Second) = (First[ofFirst..], Second[(bytes - ofFirst)..]);
    }
}
