using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Entries.MeshRouting;

/// <summary>A share of a rule's requests: the instances of a service, whose own routes are not applied.</summary>
/// <param name="Service">Name of the service; the reference as written if it leads nowhere.</param>
/// <param name="Weight">Weight relative to the sum of the rule's weights; 0 for no requests.</param>
public sealed record MeshBackend(string Service, int Weight)
{
    /// <summary>Reason why the reference leads nowhere, such as <c>BackendNotFound</c>: its share gets an error. Default: null.</summary>
    public string? Fault { get; init; }

    /// <summary>Changes to the header fields of requests, after those of the rule; null for none.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses, after those of the rule; null for none.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }
}
