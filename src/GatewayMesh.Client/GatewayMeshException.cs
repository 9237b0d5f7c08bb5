namespace GatewayMesh.Client;

/// <summary>A request failed after everything that the rules of replay allow. Layers above should not send it again: see <see cref="GatewayMeshRetries"/>.</summary>
public sealed class GatewayMeshException : HttpRequestException
{
    internal GatewayMeshException(ReplayRefusal refusal, FailoverReason? reason, int attempts, bool mayHaveRun, string message, Exception? inner)
        : base((inner as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown, message, inner)
    {
        Refusal = refusal;
        Reason = reason;
        Attempts = attempts;
        MayHaveRun = mayHaveRun;
    }

    /// <summary>Why it was not sent again.</summary>
    public ReplayRefusal Refusal { get; }

    /// <summary>How the last attempt failed; null when this call began none.</summary>
    public FailoverReason? Reason { get; }

    /// <summary>Attempts that were begun for this request, by this and earlier calls with the same message.</summary>
    public int Attempts { get; }

    /// <summary>True when an application may have seen the request; false when certainly none has.</summary>
    public bool MayHaveRun { get; }
}
