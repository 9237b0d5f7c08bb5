using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Believes a header of the test, as certificates will be believed: <c>x-test-caller</c>, and without it what a tunnel's hello says.</summary>
internal sealed class SaidByHeader : ICallerIdentity
{
    public const string Field = "x-test-caller";

    public Caller? CallerOf(Exchange exchange) =>
        exchange.Http.Request.Headers.TryGetValue(Field, out var said) ? new Caller(said.ToString(), Verified: true)
        : exchange.InboundConnection.Carried is { } carried ? new Caller(carried.Service, Verified: true)
        : new Caller(exchange.InboundConnection.Listener.Service ?? "", Verified: false);

    public string OwnNameFor(Exchange exchange) => exchange.Caller.Service;

    public string? PeerOf(Exchange exchange, TargetKind kind, bool isGateway) => null;

    public string? SourceFor(Exchange exchange) => exchange.Caller.Service;
}
