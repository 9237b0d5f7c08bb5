using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>One try of a request at one instance. A value: the default is the state before any try.</summary>
internal struct Attempt
{
    private int _grpcStatus; // one more than the status, so that the default is none

    /// <summary>The hop; of several at a time, the winner.</summary>
    public Hop Hop;

    /// <summary>Permits of the hop under the limits of its service.</summary>
    public AttemptPass Pass;

    /// <summary>Hedge that may send the request to further instances; null for none.</summary>
    public Hedge? Hedge;

    /// <summary>Error within the mesh found in the response head: from the peer's <c>Proxy-Status</c>, or because the head is not
    /// acceptable.
    /// </summary>
    public MeshError Answered;

    /// <summary>Error if the head cannot be written for the next hop, so that nothing was sent; otherwise none.</summary>
    public MeshError Unsendable;

    /// <summary>Status of the application's response; 0 while there is none.</summary>
    public int Status;

    /// <summary>Timestamp of the response head; 0 while there is none.</summary>
    public long AnsweredAt;

    /// <summary>True once the response head has arrived.</summary>
    public volatile bool HasAnswer;

    /// <summary>True if the response was dropped and no part of it reached the client.</summary>
    public bool IsDropped;

    /// <summary>
    /// True if the response was the mesh's own, from a hop behind the edge, and was not passed on: clients outside the mesh get a response
    /// made here that names no part of the mesh. <see cref="Answered"/> has the error.
    /// </summary>
    public bool IsWithheld;

    /// <summary>
    /// True if the whole response including trailers was passed on, so that later events on the request body do not matter.
    /// </summary>
    public bool IsWhole;

    /// <summary>True if the instance accepts no more of the body.</summary>
    public bool IsBodyRefused;

    /// <summary>True if the attempt's own timeout is shorter than the request's remaining time.</summary>
    public bool HasShorterTimeout;

    /// <summary>True if another attempt follows this one; it is already counted and paid for.</summary>
    public bool IsNextGranted;

    /// <summary>Wait before that attempt.</summary>
    public TimeSpan Wait;

    /// <summary>Status of a gRPC call from the head or the trailers; none before that.</summary>
    public int GrpcStatus
    {
        readonly get => _grpcStatus - 1;
        set => _grpcStatus = value + 1;
    }
}
