namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Buffers of a loop, without locks. A buffer is rented while bytes are in flight and returned while a connection is idle, so that idle
/// connections cost no buffer. Used on the loop's thread only.
/// </summary>
internal sealed class LoopBuffers
{
    /// <summary>Length of a buffer: 16 KiB, a TLS record.</summary>
    public const int Length = 16 * 1024;

    /// <summary>Number of returned buffers that are kept: 64, 1 MiB a loop. Further ones are left to the garbage collector.</summary>
    public const int Kept = 64;

    private readonly byte[]?[] _free = new byte[]?[Kept];
    private int _count;

    /// <summary>Number of buffers that are rented.</summary>
    public int Rented { get; private set; }

    /// <summary>Rents a buffer of <see cref="Length"/> bytes. Its content is undefined.</summary>
    public byte[] Rent()
    {
        Rented++;
        if (_count == 0)
        {
            return GC.AllocateUninitializedArray<byte>(Length);
        }

        var buffer = _free[--_count]!;
        _free[_count] = null;
        return buffer;
    }

    /// <summary>Returns a rented buffer. The caller must not use the buffer afterwards.</summary>
    public void Return(byte[] buffer)
    {
        Rented--;
        if (_count < Kept)
        {
            _free[_count++] = buffer;
        }
    }
}
