using System.Net;
using System.Reflection;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>An exchange is reused, so no fact of one request may be seen by the next.</summary>
public sealed class ExchangeTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    // Parts that live as long as the connection, and the arrival, which each request sets.
    private static readonly string[] Kept =
        ["_time", "_answerHead", "_cutOff", "_guard", "_listedAt", "<StartedAt>", "<At>", "<InboundConnection>", "<Behavior>"];

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Inbound)]
    [TestCase(ListenerKind.Mesh)]
    public async Task Nothing_of_a_request_outlives_it(ListenerKind kind)
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", PolicyModel.Default, new HostPort("127.0.0.1", 1));
        var exchange = new Exchange(TimeProvider.System, new RecordedResponse());
        var before = StateOf(exchange);
        var connection = new InboundConnection(
            new ListenerSpec("listener", kind, new IPEndPoint(IPAddress.Loopback, 1))
            {
                Service = kind == ListenerKind.Inbound ? "payments" : "web",
                Application = new HostPort("127.0.0.1", 1),
            },
            IPAddress.Loopback);
        exchange.Head.Method = "POST";
        exchange.Head.Target = "/orders";
        exchange.Head.HasBody = true;
        exchange.Head.Fields.Add("Host", "payments");
        exchange.Head.Fields.Add("Content-Type", "application/grpc");
        exchange.Head.Fields.Add("grpc-timeout", "5S");
        exchange.Begin(connection, mesh.Plane.Behaviors.Of(kind), mesh.Plane.Mesh);
        exchange.Close = true;
        foreach (var step in mesh.Plane.Pipeline.Steps)
        {
            Assert.That(step.Take(exchange).Continues, Is.True, step.GetType().Name);
        }

        exchange.BodyBegan();
        exchange.BodyEnded();
        exchange.BodyRefused();
        exchange.AnswerHeadArrived();
        Assert.That(StateOf(exchange), Is.Not.EqualTo(before), "the request has left facts");

        exchange.LeaveLimits(default);
        await exchange.AnswerEndsAsync();
        exchange.End();

        Assert.That(StateOf(exchange), Is.EqualTo(before));
    }

    // Every field with its content; values are compared member by member, objects by identity.
    private static string[] StateOf(Exchange exchange) =>
        [
            .. typeof(Exchange).GetFields(All)
                .Where(field => !Kept.Any(kept => field.Name.StartsWith(kept, StringComparison.Ordinal)))
                .SelectMany(field => Describe(field.Name, field.GetValue(exchange), field.FieldType)),
            $"head {exchange.Head.Method} {exchange.Head.Target} {exchange.Head.Fields.Count} {exchange.Head.HasBody}",
        ];

    private static IEnumerable<string> Describe(string path, object? value, Type type)
    {
        if (value is null || type.IsPrimitive || type.IsEnum || value is string)
        {
            return [$"{path} = {value}"];
        }

        return type.IsValueType && Nullable.GetUnderlyingType(type) is null
            ? type.GetFields(All).SelectMany(field => Describe($"{path}.{field.Name}", field.GetValue(value), field.FieldType))
            : [$"{path} = {value.GetType().Name} {System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value)}"];
    }
}
