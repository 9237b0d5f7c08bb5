namespace GatewayMesh.Proxy.Loops;

/// <summary>Share of a socket in one turn of its loop, so that a loud connection does not starve the others.</summary>
internal struct ReadTurn
{
    /// <summary>Maximum number of reads in one turn: 16.</summary>
    public const int MaxReads = 16;

    /// <summary>Maximum number of bytes in one turn: 256 KiB. The last read may exceed the limit.</summary>
    public const int MaxBytes = 256 * 1024;

    private long _turn;
    private int _reads;
    private int _bytes;

    /// <summary>True if the share of turn <paramref name="turn"/> is not used up; counts one read.</summary>
    public bool TryTake(long turn)
    {
        if (turn != _turn)
        {
            (_turn, _reads, _bytes) = (turn, 1, 0);
            return true;
        }

        if (_reads >= MaxReads || _bytes >= MaxBytes)
        {
            return false;
        }

        _reads++;
        return true;
    }

    /// <summary>Counts received bytes.</summary>
    public void Count(int bytes) => _bytes += bytes;
}
