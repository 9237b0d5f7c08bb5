using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>An admission webhook behind a Service, for tests of the stub. Keeps the reviews that arrive.</summary>
public sealed class WebhookStub : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TestAuthority _authority;
    private readonly ConcurrentQueue<JsonObject> _reviews = [];

    private WebhookStub(WebApplication application, TestAuthority authority) => (_application, _authority) = (application, authority);

    /// <summary>Address of the server.</summary>
    public IPEndPoint Address => new(IPAddress.Loopback, new Uri(_application.Urls.First()).Port);

    /// <summary>Value of <c>caBundle</c>.</summary>
    public string Bundle => Convert.ToBase64String(Encoding.UTF8.GetBytes(_authority.RootPem));

    /// <summary>Reviews that arrived, in order.</summary>
    public IReadOnlyCollection<JsonObject> Reviews => _reviews;

    /// <summary>Starts a webhook.</summary>
    /// <param name="name">Name of its certificate, such as <c>gatewaymesh-control.gatewaymesh.svc</c>.</param>
    /// <param name="answer">Returns the <c>response</c> without its uid; null: the answer is 500.</param>
    public static async Task<WebhookStub> StartAsync(string name, Func<JsonObject, JsonObject?> answer)
    {
        var authority = new TestAuthority(named: false);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(authority.IssueFor([name]))));
        var application = builder.Build();
        var stub = new WebhookStub(application, authority);
        application.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var review = JsonNode.Parse(await reader.ReadToEndAsync().ConfigureAwait(false))!.AsObject();
            stub._reviews.Enqueue(review);
            if (answer(review) is not { } response)
            {
                context.Response.StatusCode = 500;
                return;
            }

            response["uid"] = review["request"]!["uid"]!.DeepClone();
            var body = new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response };
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body.ToJsonString()).ConfigureAwait(false);
        });
        await application.StartAsync().ConfigureAwait(false);
        return stub;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync().ConfigureAwait(false);
        _authority.Dispose();
    }
}
