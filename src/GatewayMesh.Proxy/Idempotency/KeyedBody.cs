using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// The body of a request with a key, and its fingerprint. The first 64 KiB arrive before the request is forwarded, so that a client that
/// breaks off a small body has not begun its key. The rest is hashed as it passes.
/// </summary>
/// <param name="source">The body as it comes from the client.</param>
/// <param name="method">Method of the request.</param>
/// <param name="target">Path and query of the request.</param>
internal sealed class KeyedBody(Stream source, string method, string target) : AsyncReadStream
{
    /// <summary>Bytes that arrive before the request is forwarded.</summary>
    public const int MaxKept = 64 * 1024;

    private const int FirstSize = 4 * 1024;

    private byte[] _kept = [];
    private int _length;
    private int _position;
    private long _passed;
    private bool _isEnded;
    private IncrementalHash? _hash; // of everything up to the last byte passed beyond the kept ones

    /// <summary>Fingerprint of what has been read of the body.</summary>
    public Fingerprint Print => new(Digest.Of(Hash()), _length + _passed, _isEnded);

    /// <summary>Reads the body to its end, or up to <see cref="MaxKept"/> bytes.</summary>
    public async ValueTask KeepAsync(CancellationToken cancellationToken)
    {
        while (!_isEnded && _length < MaxKept)
        {
            if (_length == _kept.Length)
            {
                Array.Resize(ref _kept, Math.Min(Math.Max(FirstSize, 2 * _kept.Length), MaxKept));
            }

            var count = await source.ReadAsync(_kept.AsMemory(_length, Math.Min(_kept.Length, MaxKept) - _length), cancellationToken)
                .ConfigureAwait(false);
            _length += count;
            _isEnded = count == 0;
        }
    }

    /// <summary>True if this request is the one with that fingerprint. Reads as much of the body as the fingerprint covers.</summary>
    public async ValueTask<bool> IsAsync(Fingerprint other, CancellationToken cancellationToken)
    {
        using var hash = Begin();
        var kept = (int)Math.Min(_length, other.Length);
        hash.AppendData(_kept.AsSpan(0, kept));
        long seen = kept;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstSize * 4);
        try
        {
            while (!_isEnded && (other.IsWhole ? seen <= other.Length : seen < other.Length))
            {
                var most = (int)Math.Min(buffer.Length, other.Length - seen + (other.IsWhole ? 1 : 0));
                var count = await source.ReadAsync(buffer.AsMemory(0, most), cancellationToken).ConfigureAwait(false);
                hash.AppendData(buffer.AsSpan(0, count));
                seen += count;
                _isEnded = count == 0;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return seen == other.Length && (!other.IsWhole || (_isEnded && _length <= other.Length)) && Digest.Of(hash) == other.Hash;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _length)
        {
            var count = Math.Min(buffer.Length, _length - _position);
            _kept.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            return count;
        }

        if (_isEnded)
        {
            return 0;
        }

        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Hash().AppendData(buffer.Span[..read]);
        _passed += read;
        _isEnded = read == 0 && !buffer.IsEmpty;
        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _hash?.Dispose();
        _hash = null;
        base.Dispose(disposing);
    }

    private IncrementalHash Hash()
    {
        if (_hash is null)
        {
            _hash = Begin();
            _hash.AppendData(_kept.AsSpan(0, _length));
        }

        return _hash;
    }

    private IncrementalHash Begin()
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{method} {target}\n"));
        return hash;
    }
}
