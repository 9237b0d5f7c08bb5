using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>
/// A request that is only described, as its first proxy sees the request: without the fields that the proxy removes before it decides. At
/// an ingress, the client is none of the trusted proxies. No token is verified and no authorization service is asked, so the fields that
/// only they may set are absent where they are set.
/// </summary>
public sealed class DescribedRequest : IRequestFacts
{
    private readonly FieldTable _fields = new();
    private readonly List<FieldEdit> _edits = [];
    private string _host;
    private string _path;

    /// <summary>Creates a request.</summary>
    /// <param name="direction">Listener at which the request arrives.</param>
    /// <param name="method">Method.</param>
    /// <param name="host">Host, with or without a port.</param>
    /// <param name="pathAndQuery">Path and query.</param>
    /// <param name="fields">Lines of header fields, in order.</param>
    public DescribedRequest(
        RequestDirection direction, string method, string host, string pathAndQuery, IEnumerable<KeyValuePair<string, string>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        (Direction, Method, PathAndQuery, _path, _host) = (direction, method, pathAndQuery, pathAndQuery, host);
        foreach (var (name, value) in fields.Where(field => !field.Key.Equals("host", StringComparison.OrdinalIgnoreCase)))
        {
            _fields.Add(name, value);
        }

        ConnectionFieldsStep.Remove(_fields);
        if (!RequestIdStep.IsKept(_fields))
        {
            _fields.Set(RequestIdStep.Field, "0000000000000000");
        }

        if (IsFromOutside)
        {
            OutsideFields.Remove(_fields, fromTrustedProxy: false);
        }
    }

    /// <summary>Listener at which the request arrives.</summary>
    public RequestDirection Direction { get; }

    /// <inheritdoc/>
    public string Method { get; }

    /// <summary>Path and query, as received.</summary>
    public string PathAndQuery { get; }

    /// <inheritdoc/>
    public PathReadings Paths => PathReadings.Of(_path);

    /// <summary>True if a client outside the mesh sends the request, whose own fields name no user.</summary>
    internal bool IsFromOutside => Direction == RequestDirection.Ingress;

    /// <summary>True if the first proxy verifies tokens and asks authorization services for every service.</summary>
    internal bool IsVerifiedFirst => Direction is RequestDirection.Ingress or RequestDirection.Gateway;

    /// <inheritdoc/>
    public FieldLines Field(string name)
    {
        if (name == "host")
        {
            return new FieldLines(_host.Length > 0 ? _host : null);
        }

        var values = IsForwarded(name) ? _fields[name] : default;
        foreach (var edit in _edits)
        {
            values = ExchangeFacts.Edited(values, name, edit);
        }

        return values.Count == 0 ? default : new FieldLines(values.ToArray());
    }

    /// <inheritdoc/>
    public FieldLines Twins(string name)
    {
        List<string?> lines = [];
        foreach (var field in _fields.Lines)
        {
            if (FieldLines.AreTwins(name, field.Name) && IsForwarded(field.Name))
            {
                lines.Add(field.Value);
            }
        }

        return lines.Count == 0 ? default : new FieldLines(lines);
    }

    /// <summary>
    /// Returns the request as the callee's side sees it, which verifies tokens and asks authorization services if no earlier proxy did.
    /// </summary>
    /// <param name="policy">Policy of the callee.</param>
    /// <param name="snapshot">Configuration.</param>
    /// <param name="service">The callee.</param>
    public IRequestFacts AtCallee(PolicyModel policy, MeshSnapshot snapshot, string service)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var field in _fields.Lines)
        {
            fields.Add(new(field.Name, field.Value));
        }

        var copy = new DescribedRequest(Direction, Method, _host, _path, fields);
        copy._edits.AddRange(_edits);
        copy.RemoveClaims(policy, snapshot, service);
        copy.RemoveAnswers(policy, service);
        return copy;
    }

    /// <summary>Values of a field that names the user, which a client outside the mesh cannot set.</summary>
    internal StringValues SubjectOf(string name) => IsFromOutside ? default : _fields[name];

    /// <summary>Removes the fields that only a verified token sets.</summary>
    internal void RemoveClaims(PolicyModel policy, MeshSnapshot snapshot, string service) =>
        _fields.RemoveWhere(field => VerifiedFields.ContainsClaims(policy, snapshot, service, field.Name));

    /// <summary>Removes the fields that only the authorization service sets, if it is asked.</summary>
    internal void RemoveAnswers(PolicyModel policy, string service)
    {
        var model = policy.ExternalAuthorization;
        if (model.IsOn && !model.Service.Equals(service, StringComparison.OrdinalIgnoreCase))
        {
            _fields.RemoveWhere(field => VerifiedFields.ContainsAnswer(policy, field.Name));
        }
    }

    /// <summary>Changes the request as its route does.</summary>
    /// <param name="route">Changes to header fields by the route; null for none.</param>
    /// <param name="edge">Changes to header fields by the ingress; null for none.</param>
    /// <param name="host">Host that instances see; null for the request's.</param>
    /// <param name="pathAndQuery">Path and query that instances see; null for the request's.</param>
    internal void Change(FieldEdit? route, FieldEdit? edge, string? host, string? pathAndQuery)
    {
        _edits.AddRange(new[] { route, edge }.OfType<FieldEdit>());
        (_host, _path) = (host ?? _host, pathAndQuery ?? _path);
    }

    private bool IsForwarded(string name) =>
        !MeshHeaders.IsMeshHeader(name)
        && (IsFromOutside || !OutsideFields.IsForged(name))
        && !HopByHop.Contains(name, _fields[KnownField.Connection]);
}
