namespace GatewayMesh.Client;

/// <summary>
/// A request failed after all permitted attempts. Layers above should not retry: see <see cref="GatewayMeshRetries"/>.
/// </summary>
public sealed class GatewayMeshException : HttpRequestException
{
    internal GatewayMeshException(
        ReplayRefusal refusal, FailoverReason? reason, int attempts, bool mayHaveRun, string message, Exception? inner)
        : base((inner as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown, message, inner)
    {
        Refusal = refusal;
        Reason = reason;
        Attempts = attempts;
        MayHaveRun = mayHaveRun;
    }

    /// <summary>The reason why the request was not retried.</summary>
    public ReplayRefusal Refusal { get; }

    /// <summary>The failure of the last attempt; null if this call started no attempt.</summary>
    public FailoverReason? Reason { get; }

    /// <summary>Number of started attempts, by this call and earlier calls with the same message.</summary>
    public int Attempts { get; }

    /// <summary>True if an application may have seen the request; false if certainly none has.</summary>
    public bool MayHaveRun { get; }
}
