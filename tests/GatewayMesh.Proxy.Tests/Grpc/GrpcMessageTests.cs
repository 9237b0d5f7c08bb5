using GatewayMesh.Proxy.Grpc;

namespace GatewayMesh.Proxy.Tests.Grpc;

public class GrpcMessageTests
{
    [TestCase("The service has no instance.", ExpectedResult = "The service has no instance.")]
    [TestCase("100 % \"sure\"", ExpectedResult = "100 %25 \"sure\"")]
    [TestCase("a\r\nb\tc", ExpectedResult = "a%0D%0Ab%09c")]
    [TestCase("naïve", ExpectedResult = "na%C3%AFve")]
    public string Percent_and_what_is_not_printable_are_encoded(string message) => GrpcMessage.Encode(message);
}
