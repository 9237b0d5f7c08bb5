using System.Collections.Immutable;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.ExternalAuthorization;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Mirroring;
using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tracing;

namespace GatewayMesh.Proxy.Pipeline;

// Facts that the steps find. They live in one value, so that the next request starts from the default and no fact outlives its request.
internal sealed partial class Exchange
{
    private static readonly MeshHeaderValues NoHeaders = MeshHeaderValues.None;

    private Facts _facts;

    /// <summary>Limit permits of the request.</summary>
    public LimitLease Limit;

    /// <summary>Attempts over all layers.</summary>
    public AttemptCount Attempts;

    /// <summary>Instances already tried.</summary>
    public TriedEndpoints Tried;

    /// <summary>True if the request has waited for the registry and uses a newer mesh; it waits at most once.</summary>
    public bool HasWaited { get => _facts.HasWaited; set => _facts.HasWaited = value; }

    /// <summary>
    /// Method seen by the application: GET for a WebSocket on an HTTP/2 stream (RFC 8441), which is forwarded as an HTTP/1.1 upgrade.
    /// </summary>
    public string Method { get => _facts.Method ?? ""; set => _facts.Method = value; }

    /// <summary>ID in logs and error responses.</summary>
    public string RequestId { get => _facts.RequestId ?? ""; set => _facts.RequestId = value; }

    /// <summary>Path and query byte for byte, and the authority of an absolute-form target.</summary>
    public RequestTarget Target { get => _facts.Target; set => (_facts.Target, _facts.Host) = (value, null); }

    /// <summary>Host of the request: from an absolute-form target, otherwise from the field.</summary>
    public string Host => _facts.Host ??= Target.Authority ?? Head.Host.ToString();

    /// <summary>
    /// Scheme of the client's request, where a trusted sender names it or at the edge; <c>http</c> inside the mesh, because applications
    /// speak plaintext with it, whatever the connection between nodes is.
    /// </summary>
    public string Scheme =>
        SpeaksOfClients
        && (!Behavior.AtTheEdge || InboundConnection.IsTrustedProxy)
        && Head.Fields[KnownField.XForwardedProto] is [{ } named]
            ? named.Equals("https", StringComparison.OrdinalIgnoreCase) ? "https" : "http"
            : Behavior.AtTheEdge && InboundConnection.Tls is not null ? "https" : "http";

    /// <summary>Values of a mesh peer's mesh headers; the defaults for other clients.</summary>
    public ref readonly MeshHeaderValues PeerHeaders => ref _facts.HasPeerHeaders ? ref _facts.PeerHeaders : ref NoHeaders;

    /// <inheritdoc/>
    MeshHeaderValues IIdentifiedRequest.PeerHeaders => PeerHeaders;

    /// <inheritdoc/>
    MeshHeaderValues IRoutedRequest.PeerHeaders => PeerHeaders;

    /// <summary>
    /// True if the fields of the request about clients outside the mesh are trusted: the request came to the edge, which removed untrusted
    /// fields, or from the ingress as a peer. Default: false.
    /// </summary>
    public bool SpeaksOfClients { get => _facts.SpeaksOfClients; set => _facts.SpeaksOfClients = value; }

    /// <summary>Caller of the request.</summary>
    public Caller Caller { get => _facts.Caller; set => _facts.Caller = value; }

    /// <summary>Claims of the request's verified token; null if no token was verified here.</summary>
    public VerifiedClaims? Claims { get => _facts.Claims; set => _facts.Claims = value; }

    /// <summary>Entries of kind jwt-provider that accept a token of the request.</summary>
    public ImmutableArray<AcceptedProvider> Providers
    {
        get => _facts.Providers.IsDefault ? [] : _facts.Providers;
        set => _facts.Providers = value;
    }

    /// <summary>Latest verification of a token of the request; null if none was necessary.</summary>
    public TokenCheck? TokenCheck { get => _facts.TokenCheck; set => _facts.TokenCheck = value; }

    /// <summary>Names of fields with verified tokens that applications must not receive.</summary>
    public ImmutableArray<string> WithheldFields
    {
        get => _facts.WithheldFields.IsDefault ? [] : _facts.WithheldFields;
        set => _facts.WithheldFields = value;
    }

    /// <summary>Answer of the authorization service; null if none was asked.</summary>
    public Task<AuthorizationAnswer>? AuthorizationAnswer { get => _facts.AuthorizationAnswer; set => _facts.AuthorizationAnswer = value; }

    /// <summary>
    /// True if this hop asks an authorization service. Permissions and rate limits, which are decided before, never see its fields.
    /// </summary>
    public bool AsksAuthorization { get => _facts.AsksAuthorization; set => _facts.AsksAuthorization = value; }

    /// <summary>Response in place of the error's own; null for none.</summary>
    public LocalAnswer? OwnAnswer { get => _facts.OwnAnswer; set => _facts.OwnAnswer = value; }

    /// <summary>True if the response gets the policy's CORS fields in place of the application's.</summary>
    public bool HasCors { get => _facts.HasCors; set => _facts.HasCors = value; }

    /// <summary>Origin whose pages may read the response; null if none may.</summary>
    public string? AllowedOrigin { get => _facts.AllowedOrigin; set => _facts.AllowedOrigin = value; }

    /// <summary>Wait of the request for the store of rate limits; null if there was none.</summary>
    public RateWait? RateWait { get => _facts.RateWait; set => _facts.RateWait = value; }

    /// <summary>Intentions that allowed the request; null if none were evaluated.</summary>
    public IntentionTable? AllowedBy { get => _facts.AllowedBy; set => _facts.AllowedBy = value; }

    /// <summary>Route of the request.</summary>
    public Route Route { get => _facts.Route; set => _facts.Route = value; }

    /// <summary>Service of the route's target, if known; may differ from the requested service.</summary>
    public string? Destination { get => _facts.Destination; set => _facts.Destination = value; }

    /// <summary>
    /// Namespace of the caller: that of this node for its own applications. Gateways and ingresses know none, so that producer routes hold.
    /// </summary>
    public string CallerNamespace => Behavior.Direction == RequestDirection.Outbound ? Mesh.Snapshot.Namespace : "";

    /// <summary>Requested service, by host, listener, or a peer's header; also the name that a gateway is given.</summary>
    public string Asked { get => _facts.Asked ?? ""; set => _facts.Asked = value; }

    /// <summary>Splitter sample, once a splitter was passed: the same for each attempt and at a gateway that carries the request.</summary>
    public SplitSample? Draw { get => _facts.Draw; set => _facts.Draw = value; }

    /// <summary>Path and query as rewritten by a router's rule; null if unchanged.</summary>
    public string? Rewritten { get => _facts.Rewritten; set => _facts.Rewritten = value; }

    /// <summary>Path and query sent to instances. A gateway gets the original ones because it evaluates the same rules.</summary>
    public string Forwarded => Rewritten ?? Target.PathAndQuery;

    /// <summary>Admission permit of the request.</summary>
    public AdmissionLease Admission { get => _facts.Admission; set => _facts.Admission = value; }

    /// <summary>Criticality from the caller, otherwise from the policy of the service.</summary>
    public Criticality Criticality => PeerHeaders.Criticality ?? Route.Policy.Shedding.Criticality;

    /// <summary>Deadline of the response head: the earliest of policy, peer, and <see cref="CallDeadline"/>.</summary>
    public Deadline Deadline { get => _facts.Deadline; set => _facts.Deadline = value; }

    /// <summary>
    /// Time of the policy for a response, from the whole request on. Stays that of the first target when the request moves to another.
    /// </summary>
    public TimeSpan RequestTimeout { get => _facts.RequestTimeout; set => _facts.RequestTimeout = value; }

    /// <summary>True for a gRPC call.</summary>
    public bool IsGrpc { get => _facts.IsGrpc; set => _facts.IsGrpc = value; }

    /// <summary>Deadline of a gRPC call, set by its caller (<c>grpc-timeout</c>).</summary>
    public Deadline CallDeadline { get => _facts.CallDeadline; set => _facts.CallDeadline = value; }

    /// <summary>
    /// True if the request asks for another protocol on its connection (WebSocket), including by extended CONNECT on HTTP/2 (RFC 8441).
    /// </summary>
    public bool IsUpgrade { get => _facts.IsUpgrade; set => _facts.IsUpgrade = value; }

    /// <summary>True if more than a head is sent: a body, or an upgraded stream.</summary>
    public bool SendsAStream => IsUpgrade || Head.HasBody;

    /// <summary>Tier that currently carries the request.</summary>
    public MeshTier Tier { get => _facts.Tier; set => _facts.Tier = value; }

    /// <summary>Retry budget of the service; null if there is none.</summary>
    public RetryBudget? Budget { get => _facts.Budget; set => _facts.Budget = value; }

    /// <inheritdoc/>
    public AffinityCookies? Cookies { get => _facts.Cookies; set => _facts.Cookies = value; }

    /// <summary>Number of instances not yet tried, after the current attempt's selection.</summary>
    public int Untried { get => _facts.Untried; set => _facts.Untried = value; }

    /// <summary>True while the request may move to a failover target of its route.</summary>
    public bool MayMove { get => _facts.MayMove; set => _facts.MayMove = value; }

    /// <summary>Move to a failover target that the next attempt begins with.</summary>
    public ref TargetMove Move => ref _facts.Move;

    /// <summary>Decision about a further attempt after the latest failure; null before any failure.</summary>
    public RetryVerdict? LastVerdict { get => _facts.LastVerdict; set => _facts.LastVerdict = value; }

    /// <summary>
    /// Set while a response may be dropped in favor of another attempt. Called when the response head has arrived, with the error reported
    /// by a mesh peer, or none. True means that the other attempt has been decided on.
    /// </summary>
    public Func<Exchange, MeshError, ResponseHead, bool>? MayDrop { get => _facts.MayDrop; set => _facts.MayDrop = value; }

    /// <summary>Fault that was injected into the request; null for none.</summary>
    public FaultRule? Fault { get => _facts.Fault; set => _facts.Fault = value; }

    /// <summary>
    /// Feature flag that is on for the request, <see cref="MeshHeaderValues.NoFlag"/> if none is; null if the policy has no flags.
    /// </summary>
    public string? Flag { get => _facts.Flag; set => _facts.Flag = value; }

    /// <summary>Spans of the request; null if tracing is off or the request is not traced.</summary>
    public RequestTrace? Trace { get => _facts.Trace; set => _facts.Trace = value; }

    /// <summary>Body that a copy of the request waits for; null for none.</summary>
    public MirrorBody? Mirror { get => _facts.Mirror; set => _facts.Mirror = value; }

    /// <summary>Remaining <c>Max-Forwards</c> for the next hop; null if not applicable.</summary>
    public int? ForwardsLeft { get => _facts.ForwardsLeft; set => _facts.ForwardsLeft = value; }

    /// <summary>
    /// Run of a request with an <c>Idempotency-Key</c> at the callee's side; null for other requests.
    /// </summary>
    public KeyedRun? Keyed { get => _facts.Keyed; set => _facts.Keyed = value; }

    /// <summary>
    /// Instance that has the <c>Idempotency-Key</c> of a call: no other gets the call. Null for a call without a key, and if the instance
    /// has no sidecar that could keep the key.
    /// </summary>
    public EndpointState? KeyOwner { get => _facts.KeyOwner; set => _facts.KeyOwner = value; }

    /// <summary>True if the owner announced that it keeps keys before the call was sent.</summary>
    public bool IsKeyKept { get => _facts.IsKeyKept; set => _facts.IsKeyKept = value; }

    /// <summary>True to end the connection with this response.</summary>
    public bool Close { get => _facts.Close; set => _facts.Close = value; }

    /// <summary>Sets the values of a mesh peer's mesh headers.</summary>
    public void SetPeerHeaders(in MeshHeaderValues values) => (_facts.PeerHeaders, _facts.HasPeerHeaders) = (values, true);

    private struct Facts
    {
        public bool HasWaited;
        public string? Method;
        public string? RequestId;
        public RequestTarget Target;
        public string? Host;
        public MeshHeaderValues PeerHeaders;
        public bool HasPeerHeaders;
        public bool SpeaksOfClients;
        public Caller Caller;
        public Task<AuthorizationAnswer>? AuthorizationAnswer;
        public bool AsksAuthorization;
        public LocalAnswer? OwnAnswer;
        public bool HasCors;
        public string? AllowedOrigin;
        public ImmutableArray<AcceptedProvider> Providers;
        public VerifiedClaims? Claims;
        public TokenCheck? TokenCheck;
        public ImmutableArray<string> WithheldFields;
        public RateWait? RateWait;
        public IntentionTable? AllowedBy;
        public Route Route;
        public string? Destination;
        public string? Asked;
        public SplitSample? Draw;
        public string? Rewritten;
        public AdmissionLease Admission;
        public Deadline Deadline;
        public TimeSpan RequestTimeout;
        public bool IsGrpc;
        public Deadline CallDeadline;
        public bool IsUpgrade;
        public MeshTier Tier;
        public RetryBudget? Budget;
        public AffinityCookies? Cookies;
        public int Untried;
        public bool MayMove;
        public TargetMove Move;
        public RetryVerdict? LastVerdict;
        public Func<Exchange, MeshError, ResponseHead, bool>? MayDrop;
        public FaultRule? Fault;
        public string? Flag;
        public RequestTrace? Trace;
        public MirrorBody? Mirror;
        public int? ForwardsLeft;
        public KeyedRun? Keyed;
        public EndpointState? KeyOwner;
        public bool IsKeyKept;
        public bool Close;
    }
}
