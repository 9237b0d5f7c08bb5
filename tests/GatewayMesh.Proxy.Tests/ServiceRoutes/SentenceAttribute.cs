namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Names the sentences about routes in a mesh that a test holds the code to.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SentenceAttribute(params int[] numbers) : Attribute
{
    public IReadOnlyList<int> Numbers { get; } = numbers;
}
