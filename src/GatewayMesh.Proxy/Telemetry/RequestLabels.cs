using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Labels that distinguish one series of requests from another.</summary>
internal readonly record struct RequestLabels(
    RequestDirection Direction, string Source, string Destination, string Method, int Status, MeshErrorKind Error, MeshTier Tier)
{
    /// <summary>Returns the labels of <paramref name="request"/>.</summary>
    public static RequestLabels Of(in RequestSummary request) => new(
        request.Direction,
        Labels.Service(request.Source),
        Labels.Service(request.Destination),
        Labels.Method(request.Method),
        request.Status,
        request.Error,
        request.Tier);

    /// <summary>Returns the labels for requests beyond the maximum number of series: one series per direction.</summary>
    public RequestLabels Folded() => new(Direction, Labels.Other, Labels.Other, "OTHER", -1, MeshErrorKind.None, MeshTier.None);
}
