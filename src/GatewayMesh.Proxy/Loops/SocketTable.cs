namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Sockets of a loop by the key of their events: slot and generation. The generation of a slot changes when its socket leaves, so that an
/// event of an old socket never reaches the next one, even with the same descriptor number.
/// </summary>
internal sealed class SocketTable
{
    /// <summary>Keys from this one on are no sockets.</summary>
    public const ulong FirstOtherKey = 1UL << 63;

    private LoopSocket?[] _sockets = new LoopSocket?[64];
    private uint[] _generations = new uint[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _used;

    /// <summary>Number of sockets.</summary>
    public int Count => _used - _freeCount;

    /// <summary>Adds a socket and returns its key.</summary>
    public ulong Add(LoopSocket socket)
    {
        if (_freeCount == 0 && _used == _sockets.Length)
        {
            var length = _used * 2;
            Array.Resize(ref _sockets, length);
            Array.Resize(ref _generations, length);
            Array.Resize(ref _free, length);
        }

        var slot = _freeCount > 0 ? _free[--_freeCount] : _used++;
        _sockets[slot] = socket;
        return ((ulong)_generations[slot] << 32) | (uint)slot;
    }

    /// <summary>Removes the socket with this key.</summary>
    public void Remove(ulong key)
    {
        var slot = (int)(uint)key;
        _sockets[slot] = null;
        _generations[slot] = (_generations[slot] + 1) & int.MaxValue;
        _free[_freeCount++] = slot;
    }

    /// <summary>Finds the socket with this key; null if that socket has left.</summary>
    public LoopSocket? Find(ulong key)
    {
        var slot = (int)(uint)key;
        return slot < _used && _generations[slot] == (uint)(key >> 32) ? _sockets[slot] : null;
    }

    /// <summary>Returns any socket, or null.</summary>
    public LoopSocket? Any()
    {
        for (var slot = 0; slot < _used; slot++)
        {
            if (_sockets[slot] is { } socket)
            {
                return socket;
            }
        }

        return null;
    }
}
