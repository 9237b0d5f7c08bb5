using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Trusts a header of the test, <c>x-test-caller</c>, in place of a certificate; otherwise the hello of a tunnel.</summary>
internal sealed class CallerByHeader : ICallerIdentity
{
    public const string Field = "x-test-caller";

    public Caller? CallerOf(Exchange exchange) =>
        exchange.Head.Fields[Field] is [{ } claimed] ? new Caller(claimed, Verified: true)
        : exchange.InboundConnection.Carried is { } carried ? new Caller(carried.Service, Verified: true)
        : new Caller(exchange.InboundConnection.Listener.Service ?? "", Verified: false);

    public string OwnNameFor(Exchange exchange) => exchange.Caller.Service;

    public string? PeerOf(Exchange exchange, TargetKind kind, bool isGateway) => null;

    public string? SourceFor(Exchange exchange) => exchange.Caller.Service;
}
