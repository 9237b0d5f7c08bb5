namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>A key that this process asks about, or has claimed. Changed within the lock of its store.</summary>
/// <param name="key">The key.</param>
/// <param name="nonce">Name of this claim, which no other has.</param>
internal sealed class OwnKey(Digest key, string nonce)
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The key.</summary>
    public Digest Key => key;

    /// <summary>Name of this claim.</summary>
    public string Nonce => nonce;

    /// <summary>True once the server has confirmed the claim.</summary>
    public bool IsClaimed { get; set; }

    /// <summary>True from the end of the request on: the key is not held any more.</summary>
    public bool IsEnding { get; set; }

    /// <summary>The latest hold of the key. The result is true unless the hold got no reply, and may still reach the server.</summary>
    public Task<bool> Hold { get; set; } = Task.FromResult(true);

    /// <summary>Time at which the server was asked, or at which the key was held (timestamp of the clock).</summary>
    public long AskedAt { get; set; }

    /// <summary>Outcome that the server does not know yet; null before there is one.</summary>
    public KeyClaim? Outcome { get; set; }

    /// <summary>Completes when the request has ended, or when the key is worth another look.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Tells the requests that wait for this one.</summary>
    public void Settle() => _settled.TrySetResult();
}
