using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Trusts a header of the test, <c>x-test-caller</c>, in place of a certificate; otherwise the hello of a tunnel.</summary>
internal sealed class CallerByHeader : ICallerIdentity
{
    public const string Field = "x-test-caller";

    public Caller? CallerOf(IIdentifiedRequest request) =>
        request.Head.Fields[Field] is [{ } claimed] ? new Caller(claimed, Verified: true)
        : request.InboundConnection.Carried is { } carried ? new Caller(carried.Service, Verified: true)
        : new Caller(request.InboundConnection.Listener.Service ?? "", Verified: false);

    public string OwnNameFor(IIdentifiedRequest request) => request.Caller.Service;

    public string? PeerOf(IIdentifiedRequest request, TargetKind kind, bool isGateway) => null;

    public string? SourceFor(IIdentifiedRequest request) => request.Caller.Service;
}
