namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>Inputs made from a corpus: bytes changed, pieces inserted, removed, repeated, and taken from other inputs. Seeded.</summary>
internal sealed class Mutator(IFuzzTarget target, int seed)
{
    private const int MaxBytes = 400;

    private readonly Random _random = new(seed);
    private readonly byte[][] _corpus = Array.ConvertAll(target.Corpus, WireText.Bytes);
    private readonly byte[][] _words = Array.ConvertAll(target.Words, WireText.Bytes);
    private readonly byte[] _input = new byte[2 * MaxBytes];
    private int _length;

    /// <summary>Returns the next input. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        _length = 0;
        Insert(0, Any(_corpus));
        for (var count = _random.Next(6); count > 0; count--)
        {
            Mutate();
        }

        return _input.AsSpan(0, _length);
    }

    private void Mutate()
    {
        var at = _random.Next(_length + 1);
        var count = Math.Min(_random.Next(1, 12), _length - at);
        switch (_random.Next(8))
        {
            case 0 when at < _length:
                _input[at] = (byte)_random.Next(256);
                break;
            case 1 when at < _length:
                _input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                Remove(at, count);
                break;
            case 3:
                Insert(at, _input.AsSpan(at, count).ToArray());
                break;
            case 4:
                var other = Any(_corpus);
                var start = _random.Next(other.Length);
                Insert(at, other.AsSpan(start, _random.Next(other.Length - start)));
                break;
            case 5:
                Remove(at, count);
                Insert(at, Any(_words));
                break;
            default:
                Insert(at, Any(_words));
                break;
        }
    }

    private byte[] Any(byte[][] pieces) => pieces[_random.Next(pieces.Length)];

    private void Remove(int at, int count)
    {
        _input.AsSpan(at + count, _length - at - count).CopyTo(_input.AsSpan(at));
        _length -= count;
    }

    private void Insert(int at, ReadOnlySpan<byte> piece)
    {
        if (_length + piece.Length <= MaxBytes)
        {
            _input.AsSpan(at, _length - at).CopyTo(_input.AsSpan(at + piece.Length));
            piece.CopyTo(_input.AsSpan(at));
            _length += piece.Length;
        }
    }
}
