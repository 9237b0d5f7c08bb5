using GatewayMesh.Roles;

namespace GatewayMesh.Tests.Roles;

public sealed class AskedRequestTests
{
    [Test]
    public void Asked_request_is_printed_without_its_readings_of_the_path() =>
        Assert.That(new AskedRequest("GET", "/a", []).ToString(), Does.Contain("GET").And.Contain("/a").And.Not.Contain("Paths"));
}
