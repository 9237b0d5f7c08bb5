using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>The order of the pipeline is a decision: moving a step changes the requests that are refused, logged, or forwarded.</summary>
public sealed class PipelineOrderTests
{
    [Test]
    public async Task The_steps_run_in_this_order()
    {
        await using var mesh = await Mesh.Start();

        Assert.That(
            mesh.Plane.Pipeline.Steps.Select(step => step.GetType().Name),
            Is.EqualTo(new[]
            {
                "ConnectionFieldsStep",
                "RequestIdStep",
                "HeadLimitStep",
                "MethodStep",
                "FramingStep",
                "UpgradeStep",
                "TargetStep",
                "PathStep",
                "LivePathStep", "MaxForwardsStep", "MeshHeadersStep", "LoopStep", "RedirectStep", "CallerStep", "ClaimsStep", "GrpcStep",
                "PaceStep", "RouteStep", "CorsStep", "RouteAnswerStep", "JwtStep", "FlagStep", "AuthorizationFieldsStep", "IntentionStep",
                "RateLimitStep", "ExternalAuthorizationStep", "AdmissionStep", "DeadlineStep",
                "IdempotencyStep", "LimitStep", "FaultStep", "PropagationStep", "MirrorStep",
            }));
    }
}
