namespace GatewayMesh.Configuration.Policies.Idempotency;

/// <summary>
/// Requests with an <c>Idempotency-Key</c> run once (draft-ietf-httpapi-idempotency-key-header). The keys are kept by the callee's sidecar.
/// </summary>
public sealed record IdempotencyModel
{
    /// <summary>Minimum <see cref="MaxBytes"/>.</summary>
    public const long MinBytes = 1024 * 1024;

    /// <summary>Maximum <see cref="MaxAnswerSize"/>.</summary>
    public const long MaxAnswerSizeLimit = 16 * 1024 * 1024;

    /// <summary>The defaults.</summary>
    public static IdempotencyModel Default { get; } = new();

    /// <summary>True if requests with a key run once. Default: false, the field is forwarded like any other.</summary>
    public bool Enabled { get; init; }

    /// <summary>Time for which a key is kept after its first request. Default: 24 h.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Maximum number of keys of the service at one instance; the oldest go first. Default: 100,000.</summary>
    public int MaxKeys { get; init; } = 100_000;

    /// <summary>Maximum size of a kept response, head included. The key of a larger one is kept without it. Default: 64 KiB.</summary>
    public long MaxAnswerSize { get; init; } = 64 * 1024;

    /// <summary>Maximum size of all keys and responses of the service at one instance; the oldest go first. Default: 256 MiB.</summary>
    public long MaxBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Longest time that a request waits for an earlier one with its key. Default: 10 s.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);

    // Values from two entries may contradict each other where each alone does not.
    internal IdempotencyModel Under(IdempotencyEntry entry)
    {
        var bytes = entry.MaxBytes ?? MaxBytes;
        return this with
        {
            Enabled = entry.Enabled ?? Enabled,
            Ttl = entry.Ttl ?? Ttl,
            MaxKeys = entry.MaxKeys ?? MaxKeys,
            MaxAnswerSize = Math.Min(entry.MaxAnswerSize ?? MaxAnswerSize, bytes),
            MaxBytes = bytes,
            Wait = entry.Wait ?? Wait,
        };
    }
}
