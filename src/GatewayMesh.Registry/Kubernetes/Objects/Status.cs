namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>The body of most errors of the API server, and the object of an <c>ERROR</c> line of a watch.</summary>
public sealed record Status
{
    /// <summary>Kind; <c>Status</c> tells this body from another JSON body.</summary>
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>Metadata; an expired page has a token for an inconsistent rest.</summary>
    public ListMeta Metadata { get; init => field = value ?? new ListMeta(); } = new();

    /// <summary>Description for people.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Reason in one word, such as <c>Expired</c>. Default: empty.</summary>
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Further facts about the error.</summary>
    public StatusDetails Details { get; init => field = value ?? new StatusDetails(); } = new();

    /// <summary>HTTP status. In a watch, the HTTP status of the answer is 200 and only this number tells the error.</summary>
    public int Code { get; init; }
}
