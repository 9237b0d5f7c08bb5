using System.Security.Cryptography;
using System.Text;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>Concurrent questions for one service, and its allowing answers of the last moments. Bounded.</summary>
/// <param name="time">The clock.</param>
internal sealed class AuthorizationGate(TimeProvider time)
{
    /// <summary>Most kept answers; when they are full, all are dropped.</summary>
    public const int MaxAnswers = 10_000;

    /// <summary>Most bytes of bodies that wait for their end or an answer: 16 MiB.</summary>
    public const int MaxBodyBytes = 16 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, (long At, AuthorizationAnswer Answer)> _answers = [];
    private int _running;
    private int _bodyBytes;

    /// <summary>Takes a permit for a question; false if <paramref name="most"/> are running.</summary>
    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _running) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _running);
        return false;
    }

    /// <summary>Returns the permit.</summary>
    public void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>Takes room for <paramref name="bytes"/> of a body; false if <see cref="MaxBodyBytes"/> are taken.</summary>
    public bool TryTakeRoom(int bytes)
    {
        if (Interlocked.Add(ref _bodyBytes, bytes) <= MaxBodyBytes)
        {
            return true;
        }

        Interlocked.Add(ref _bodyBytes, -bytes);
        return false;
    }

    /// <summary>Returns the room of a body.</summary>
    public void ReturnRoom(int bytes) => Interlocked.Add(ref _bodyBytes, -bytes);

    /// <summary>Returns the key of a question: half of SHA-256 over all texts and their lengths.</summary>
    public static UInt128 KeyOf(IEnumerable<string> texts)
    {
        var all = new StringBuilder();
        foreach (var text in texts)
        {
            all.Append(text.Length).Append(':').Append(text);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Returns a kept answer that is younger than <paramref name="age"/>.</summary>
    public AuthorizationAnswer? Find(UInt128 key, TimeSpan age)
    {
        lock (_lock)
        {
            return _answers.TryGetValue(key, out var kept) && time.GetElapsedTime(kept.At) < age ? kept.Answer : null;
        }
    }

    /// <summary>Keeps an allowing answer.</summary>
    public void Keep(UInt128 key, AuthorizationAnswer answer)
    {
        lock (_lock)
        {
            if (_answers.Count >= MaxAnswers)
            {
                _answers.Clear();
            }

            _answers[key] = (time.GetTimestamp(), answer);
        }
    }
}
