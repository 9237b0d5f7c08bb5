using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>
/// A stub of the Kubernetes API server over HTTPS, checked against recordings of a real one. Objects live in memory, survive <see
/// cref="RestartAsync"/>, and have one counter of versions. Everything is allowed until the first <see cref="Rights"/>.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Token of the administrator.</summary>
    public const string AdminToken = "admin-token";

    private const int GzipFrom = 128 * 1024;
    private const int LargestBody = 3 * 1024 * 1024;

    private readonly ApiServerOptions _options;
    private readonly ConcurrentDictionary<string, ApiAccount> _accounts = new();
    private readonly ConcurrentQueue<ApiCall> _calls = [];
    private readonly ConcurrentDictionary<ApiWatch, bool> _watches = [];
    private readonly ApiAdmission _admission;
    private readonly ApiWrites _writes;
    private readonly ApiReviews _reviews;
    private readonly int _port = FreePorts.Next();
    private WebApplication? _application;
    private bool _hasRun;
    private int _audits;

    private ApiServer(ApiServerOptions options)
    {
        _options = options;
        Store = new ApiStore(options.Time);
        _admission = new ApiAdmission(Store);
        _writes = new ApiWrites(Store, _admission);
        _reviews = new ApiReviews(Store, _accounts, IsAllowed, options.Time);
        _accounts[AdminToken] = ApiAccount.Admin;
    }

    /// <summary>Address.</summary>
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_port}"));

    /// <summary>Authority of the server's certificate.</summary>
    public TestAuthority Authority { get; } = new(named: false);

    /// <summary>The objects.</summary>
    public ApiStore Store { get; }

    /// <summary>The faults.</summary>
    public ApiFaults Faults { get; } = new();

    /// <summary>Rights. None: everything is allowed to every account but the anonymous one.</summary>
    public ConcurrentBag<ApiRight> Rights { get; } = [];

    /// <summary>Accounts by token.</summary>
    public ConcurrentDictionary<string, ApiAccount> Accounts => _accounts;

    /// <summary>Where a webhook's Service is reached, by <c>NAMESPACE/NAME</c>.</summary>
    public ConcurrentDictionary<string, IPEndPoint> ServiceAddresses => _admission.Services;

    /// <summary>Requests that arrived, in order.</summary>
    public IReadOnlyCollection<ApiCall> Calls => _calls;

    /// <summary>Number of open watches.</summary>
    public int Watches => _watches.Count;

    /// <summary>Starts a stub.</summary>
    public static async Task<ApiServer> StartAsync(ApiServerOptions? options = null)
    {
        var server = new ApiServer(options ?? new ApiServerOptions());
        await server.StartAgainAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>A client that trusts the server and sends a token.</summary>
    public HttpClient CreateClient(string token = AdminToken)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Authority.Root);
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new() { CertificateChainPolicy = policy } };
        var client = new HttpClient(handler) { BaseAddress = Address, Timeout = Eventually.Deadline };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("admin/1");
        return client;
    }

    /// <summary>Writes a kubeconfig with the address, the root, and a token. Returns its path.</summary>
    public string WriteKubeconfig(string folder, string token = AdminToken, string space = "default")
    {
        var path = Path.Combine(folder, "kubeconfig");
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: stub
            contexts:
              - name: stub
                context: { cluster: stub, user: stub, namespace: {{space}} }
            clusters:
              - name: stub
                cluster:
                  server: {{Address.AbsoluteUri}}
                  certificate-authority-data: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(Authority.RootPem))}}
            users:
              - name: stub
                user: { token: {{token}} }
            """);
        return path;
    }

    /// <summary>Writes the files that a pod has: <c>token</c>, <c>ca.crt</c>, <c>namespace</c>.</summary>
    public void WriteServiceAccount(string folder, string token, string space)
    {
        File.WriteAllText(Path.Combine(folder, "token"), token);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), Authority.RootPem);
        File.WriteAllText(Path.Combine(folder, "namespace"), space);
    }

    /// <summary>Creates a namespace with labels.</summary>
    public void AddNamespace(string name, params (string Key, string Value)[] labels)
    {
        var json = JsonNode.Parse(ApiStore.Namespace(name))!.AsObject();
        foreach (var (key, value) in labels)
        {
            json["metadata"]!["labels"]![key] = value;
        }

        _ = Store.Seed("namespaces", json);
    }

    /// <summary>Ends all watches cleanly, as SIGTERM does after a minute.</summary>
    public void EndWatches()
    {
        foreach (var watch in _watches.Keys)
        {
            watch.End();
        }
    }

    /// <summary>Cuts all watches in the middle of a line, as SIGKILL does.</summary>
    public async Task CutWatchesAsync(string half = "{\"type\":\"MODI")
    {
        foreach (var watch in _watches.Keys)
        {
            await watch.CutAsync(half).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a line to all watches as it is.</summary>
    public async Task SendLineAsync(string line)
    {
        foreach (var watch in _watches.Keys)
        {
            await watch.SendAsync(line).ConfigureAwait(false);
        }
    }

    /// <summary>Kills the server: connections are reset, the port is closed.</summary>
    public async Task KillAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            using var now = new CancellationTokenSource();
            await now.CancelAsync().ConfigureAwait(false);
            await application.StopAsync(now.Token).ConfigureAwait(false);
            await application.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts after <see cref="KillAsync"/> on the same port. Versions from before are unknown to watches.</summary>
    public async Task StartAgainAsync()
    {
        if (_hasRun)
        {
            Store.Restarted();
        }

        _hasRun = true;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, _port, listen =>
            {
                listen.Protocols = _options.IsHttp1Only ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                listen.UseHttps(Authority.IssueFor(["127.0.0.1", .. _options.Names]), https => https.SslProtocols = SslProtocols.Tls13);
            });
        });
        var application = builder.Build();
        application.Run(ServeAsync);
        await application.StartAsync().ConfigureAwait(false);
        _application = application;
    }

    /// <summary>Kills and starts again.</summary>
    public async Task RestartAsync()
    {
        await KillAsync().ConfigureAwait(false);
        await StartAgainAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Authority.Dispose();
    }

    private bool IsAllowed(ApiAccount account, ApiAttributes asked) =>
        account.Groups.Contains("system:masters")
        || (Rights.IsEmpty ? account != ApiAccount.Anonymous : Rights.Any(right => right.Allows(account, asked)));

    private async Task ServeAsync(HttpContext context)
    {
        context.Response.Headers["Audit-Id"] =
            string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-9000-{Interlocked.Increment(ref _audits):x12}");
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (ApiFailureException failure) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, failure).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client left.
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        if (context.Request.Path.Value is "/livez" or "/readyz" or "/version")
        {
            await context.Response.WriteAsync(context.Request.Path.Value == "/version" ? "{\"gitVersion\":\"v1.36.2\"}" : "ok").ConfigureAwait(false);
            return;
        }

        if (GroupOf(context.Request.Path.Value!) is { } group)
        {
            await WriteAsync(context, group).ConfigureAwait(false);
            return;
        }

        var call = await ApiCall.ReadAsync(context).ConfigureAwait(false) ?? throw ApiFailureException.NoPath();
        _calls.Enqueue(call);
        if (call.Text.Length > LargestBody)
        {
            // Read to its end, so that the client can read the answer.
            throw ApiFailureException.Of(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
        }

        if (Faults.Answer?.Invoke(call) is { } failure)
        {
            throw failure;
        }

        if (Faults.Hangs?.Invoke(call) == true)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(false);
        }

        var account = AccountOf(call);
        CheckAccess(account, call);
        CheckAccept(call);
        if (Review(call, account) is { } review)
        {
            await WriteAsync(context, review).ConfigureAwait(false);
            return;
        }

        var kind = Store.Find(call.Plural, call.Group) ?? throw ApiFailureException.NoPath();
        if (kind.Version != call.Version)
        {
            throw ApiFailureException.NoPath();
        }

        if (call.IsWatch)
        {
            await WatchAsync(context, kind, call).ConfigureAwait(false);
            return;
        }

        await WriteAsync(context, await AnswerAsync(kind, call, account).ConfigureAwait(false)).ConfigureAwait(false);
    }

    // GET /apis/GROUP, by which a client finds the versions that are served.
    private ApiAnswer? GroupOf(string path)
    {
        if (path.Split('/', StringSplitOptions.RemoveEmptyEntries) is not ["apis", var group])
        {
            return null;
        }

        var versions = Store.VersionsOf(group).Select(version => new JsonObject
        {
            ["groupVersion"] = $"{group}/{version}",
            ["version"] = version,
        }).ToList();
        return versions.Count == 0 ? throw ApiFailureException.NoPath() : new ApiAnswer(200, new JsonObject
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        }.ToJsonString());
    }

    private async Task<ApiAnswer> AnswerAsync(ApiKind kind, ApiCall call, ApiAccount account)
    {
        var isCached = call.Method == "GET" && call["resourceVersion"] == "0";
        if (Faults.StoreFrozen && !isCached)
        {
            throw ApiFailureException.Of(504, "Timeout", "Timeout: request did not complete within the allotted timeout");
        }

        return (call.Method, call.Name.Length > 0) switch
        {
            ("GET", false) => ApiLists.List(Store, kind, call),
            ("GET", true) => ApiLists.Get(Store, kind, call),
            ("POST", false) => await _writes.CreateAsync(kind, call, account).ConfigureAwait(false),
            ("PUT", true) => _writes.Replace(kind, call),
            ("PATCH", true) => _writes.Patch(kind, call),
            ("DELETE", true) => _writes.Delete(kind, call),
            _ => throw ApiFailureException.Of(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []),
        };
    }

    private ApiAnswer? Review(ApiCall call, ApiAccount account) => (call.Method, call.Group, call.Plural, call.Subresource) switch
    {
        ("POST", "authentication.k8s.io", "tokenreviews", "") => _reviews.ReviewToken(call),
        ("POST", "authorization.k8s.io", "selfsubjectaccessreviews", "") => _reviews.ReviewAccess(call, account),
        ("POST", "", "serviceaccounts", "token") => _reviews.RequestToken(call),
        _ => null,
    };

    private async Task WatchAsync(HttpContext context, ApiKind kind, ApiCall call)
    {
        var watch = new ApiWatch(Store, Faults, kind, call, _options.Time);
        _watches[watch] = true;
        try
        {
            await watch.RunAsync(context).ConfigureAwait(false);
        }
        finally
        {
            _ = _watches.TryRemove(watch, out _);
        }
    }

    private ApiAccount AccountOf(ApiCall call) => call.Token.Length == 0 ? ApiAccount.Anonymous
        : _accounts.TryGetValue(call.Token, out var account) && account.Audiences.Contains(ApiAccount.ApiAudience) ? account
        : throw ApiFailureException.Of(401, "Unauthorized", "Unauthorized");

    private void CheckAccess(ApiAccount account, ApiCall call)
    {
        var asked = call.Attributes;
        var isQuestionAboutItself = call.Plural == "selfsubjectaccessreviews";
        if (IsAllowed(account, asked) || (isQuestionAboutItself && account != ApiAccount.Anonymous))
        {
            return;
        }

        var named = call.Name.Length > 0 ? $" \"{call.Name}\"" : "";
        var qualified = call.Group.Length == 0 ? call.Plural : $"{call.Plural}.{call.Group}";
        var where = call.Namespace.Length > 0 ? $"in the namespace \"{call.Namespace}\"" : "at the cluster scope";
        var details = new JsonObject();
        foreach (var (key, value) in new[] { ("name", call.Name), ("group", call.Group), ("kind", call.Plural) }.Where(pair => pair.Item2.Length > 0))
        {
            details[key] = value;
        }

        throw ApiFailureException.Of(
            403,
            "Forbidden",
            $"{qualified}{named} is forbidden: User \"{account.Username}\" cannot {asked.Verb} resource \"{asked.Resource}\" in API group \"{call.Group}\" {where}",
            details);
    }

    private static void CheckAccept(ApiCall call)
    {
        var isServed = call.Accept.Contains("json", StringComparison.Ordinal) || call.Accept.Contains("*/*", StringComparison.Ordinal);
        if (call.Accept.Length > 0 && !isServed)
        {
            throw ApiFailureException.Of(
                406,
                "NotAcceptable",
                "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch",
                []);
        }
    }

    private async Task WriteAsync(HttpContext context, ApiFailureException failure)
    {
        if (failure.Delay > TimeSpan.Zero)
        {
            await Task.Delay(failure.Delay, _options.Time, context.RequestAborted).ConfigureAwait(false);
        }

        if (failure.RetryAfter > 0)
        {
            context.Response.Headers.RetryAfter = failure.RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = failure.Code;
        context.Response.ContentType = failure.IsText ? "text/plain; charset=utf-8" : "application/json";
        if (failure.IsText)
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
        }

        await context.Response.WriteAsync(failure.Body).ConfigureAwait(false);
    }

    private async Task WriteAsync(HttpContext context, ApiAnswer answer)
    {
        context.Response.StatusCode = answer.Code;
        context.Response.ContentType = "application/json";
        foreach (var warning in answer.Warnings)
        {
            var text = warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            context.Response.Headers.Append("Warning", $"299 - \"{text}\"");
        }

        var bytes = Encoding.UTF8.GetBytes(answer.Body);
        var asksForGzip = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        if (!_options.Compresses || !asksForGzip || bytes.Length < GzipFrom)
        {
            await context.Response.Body.WriteAsync(bytes).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        await using (gzip.ConfigureAwait(false))
        {
            await gzip.WriteAsync(bytes).ConfigureAwait(false);
        }
    }
}
